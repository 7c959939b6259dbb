import { ControlSwitch } from '#base/abort.ts'
import { limits } from '#base/limits.ts'
import { dropForgotten } from '../../catalog/drop-snapshots.ts'
import { openCatalog } from '../../catalog/open.ts'
import { IndexWriter, knownTables } from '../../catalog/write-index.ts'
import { indexDirectory } from '../../repository/index-directory.ts'
import type { Tasks } from '../messages.ts'

/** Indexes a directory into the catalogue: readers see the old state until the new one is whole. */
export function indexSource(input: Tasks['index-source']['input']): Tasks['index-source']['output'] {
  const control = new ControlSwitch(input.control)
  const counters = new Int32Array(input.counters)
  const database = openCatalog(input.catalogPath)
  try {
    const known = knownTables(database, input.sourceId)
    const writer = new IndexWriter(database, input.sourceId)
    try {
      const { fingerprint, ...counts } = indexDirectory(input.path, known, {
        add: (backup) => writer.add(backup, limits.damagesKeptMax),
        checkpoint(doneCount, totalCount) {
          control.checkpoint()
          counters[0] = doneCount
          counters[1] = totalCount
        },
      })
      writer.commit({ fingerprint, nowUs: input.nowUs })
      return counts
    } finally {
      writer.close()
    }
  } finally {
    database.close()
  }
}

/** Frees the room of sources that were closed: a large one takes seconds, which the core's thread does not have. */
export function dropForgottenSources(input: { catalogPath: string }): null {
  const database = openCatalog(input.catalogPath)
  try {
    dropForgotten(database)
  } finally {
    database.close()
  }
  return null
}
