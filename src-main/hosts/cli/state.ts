import { resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { StateDescription, StateRef } from '#contract'
import type { Core } from '../../core/create-core.ts'
import { infoOf } from './failure.ts'
import type { Instant } from './instant.ts'
import type { Remarks } from './remarks.ts'
import { preciseTime } from './render.ts'
import { openIndexed } from './session.ts'
import { parseState, type StateArgument } from './state-argument.ts'
import { badArgument } from './usage.ts'

/** A state that was found and can be looked into. */
export type FoundState = { readonly ref: StateRef; readonly columnFamilies: StateDescription['columnFamilies'] }

/**
 * Finds the state that `[backup][:instant]` names in a backup directory, or in the directory of a database. What a person
 * should know of the choice goes into the remarks. @throws what stands against it
 */
export async function findState(core: Core, directory: string, given: string, remarks: Remarks): Promise<FoundState> {
  const { backup, instant } = parseState(given)
  const newest = await newestOf(core, directory, backup)
  const upToSequence = instant === null ? null : await sequenceOf(core, newest, instant, remarks)
  const ref = { ...newest, upToSequence }
  const { columnFamilies, lastSequence, damages } = await core.client.data.describe({ state: ref })
  remarks.addDamages(damages)
  if (instant?.kind === 'sequence' && instant.sequence > lastSequence) {
    remarks.note(
      `Sequence ${instant.sequence} is not reached: the last one is ${lastSequence}, and its state is shown.`,
    )
  }
  return { ref, columnFamilies }
}

/** The family that was asked for; without a wish the one that holds the data. @throws AppError COLUMN_FAMILY_NOT_FOUND */
export function familyOf<Family extends { name: string }>(families: readonly Family[], wanted?: string): Family {
  const named = (name: string) => families.find((family) => family.name === name)
  const found = wanted === undefined ? (named('nodes') ?? named('default')) : named(wanted)
  if (found !== undefined) return found
  throw new AppError('COLUMN_FAMILY_NOT_FOUND', {
    message: 'no such column family',
    subject: wanted ?? 'default',
    nextStep: `It has: ${families.map(({ name }) => name).join(', ')}.`,
  })
}

/** The id that a person gave: a number, or "latest". @throws AppError BACKUP_NOT_FOUND */
export async function backupIdOf(core: Core, sourceId: number, given: number | string): Promise<number> {
  if (given !== 'latest') return Number(given)
  const { newestBackup, path } = await core.client.sources.get({ sourceId })
  if (newestBackup !== null) return newestBackup.backupId
  throw new AppError('BACKUP_NOT_FOUND', {
    message: 'no backup in this directory',
    subject: path,
    nextStep: 'Check that it is the right directory, and that a backup was ever made.',
  })
}

async function newestOf(core: Core, directory: string, backup: StateArgument['backup']): Promise<StateRef> {
  try {
    const { sourceId } = await openIndexed(core, directory)
    return { sourceId, backupId: await backupIdOf(core, sourceId, backup), upToSequence: null }
  } catch (thrown) {
    if (infoOf(thrown).code !== 'NOT_A_BACKUP_DIRECTORY') throw thrown
    const state = { databasePath: resolve(directory), upToSequence: null }
    await core.client.data.describe({ state }).catch((failed) => {
      // a database that cannot be read is the better answer than "no backup directory"
      throw infoOf(failed).code === 'NOT_A_DATABASE_DIRECTORY' ? thrown : failed
    })
    if (backup === 'latest') return state
    throw badArgument(
      'this is the directory of a database, which has no backups',
      `backup ${backup}`,
      'Leave the backup out; an instant begins with a colon, as in :88120.',
    )
  }
}

async function sequenceOf(core: Core, state: StateRef, instant: Instant, remarks: Remarks): Promise<number> {
  if (instant.kind === 'sequence') return instant.sequence
  const { text, timeUs, isUtcAssumed } = instant
  const { last, firstAfter } = await core.client.commits.at({ state, timeUs })
  const of = (commitTimeUs: number | null) =>
    commitTimeUs === null ? 'without a time' : `of ${preciseTime(commitTimeUs)}`
  const chosen = `sequence ${last.lastSequence}, ${of(last.committedAtUs)}`
  const next =
    firstAfter === null
      ? 'none follows'
      : `the next is sequence ${firstAfter.firstSequence}, ${of(firstAfter.committedAtUs)}`
  remarks.note(
    `Shown: the last commit up to ${text}${isUtcAssumed ? ' (read as UTC)' : ''}, which is ${chosen}; ${next}.`,
  )
  return last.lastSequence
}
