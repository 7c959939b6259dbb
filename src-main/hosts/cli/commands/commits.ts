import type { AccidentFinding, Commit, CommitPage, StateRef } from '#contract'
import type { Core } from '../../../core/create-core.ts'
import { printList } from '../print-list.ts'
import { Remarks } from '../remarks.ts'
import { bytes, preciseTime, print, table, visible } from '../render.ts'
import { type CommandOptions, resultOf, withCore } from '../session.ts'
import { findState } from '../state.ts'
import { limitOf } from '../usage.ts'

/** `lifeboat commits`: the commits in the logs of a state, newest first, or what among them looks like an accident. */
export function commits(
  directory: string,
  given: string,
  options: CommandOptions & { limit: string; accidents: boolean },
): Promise<void> {
  const limit = limitOf(options.limit)
  return withCore(options, async (core) => {
    const remarks = new Remarks()
    const { ref } = await findState(core, directory, given, remarks)
    if (options.accidents) await printAccidents(core, ref, options.json, remarks)
    else await printCommits(core, ref, { json: options.json, limit }, remarks)
  })
}

async function printCommits(
  core: Core,
  state: StateRef,
  { json, limit }: { json: boolean; limit: number },
  remarks: Remarks,
): Promise<void> {
  let facts: Omit<CommitPage, 'commits' | 'next' | 'damages'> | null = null
  await printList({
    json,
    name: 'commits',
    limit,
    read: async (before: number | null, commitsMax): Promise<CommitPage> => {
      const page = await core.client.commits.list({ state, before, limit: commitsMax })
      if (facts === null) remarkOn(page, remarks)
      remarks.addDamages(page.damages)
      const { commits: _commits, next: _next, damages: _damages, ...others } = page
      facts = others
      return page
    },
    itemsOf: (page) => page.commits,
    textOf: commitTable,
    rest: () => ({ state, ...facts }),
    remarks,
  })
}

function remarkOn(page: CommitPage, remarks: Remarks): void {
  const { commitCount, exactFromSequence, hasTimes, backwardTimeCount } = page
  remarks.note(
    `${commitCount} commits are in the logs; every instant from sequence ${exactFromSequence} on can be seen.`,
  )
  if (commitCount > 0 && !hasTimes) remarks.note('They carry no times: instants are named by their sequence.')
  if (backwardTimeCount > 0) remarks.note(`A clock went back before ${backwardTimeCount} of them.`)
}

function commitTable(page: readonly Commit[], isFirst: boolean): string {
  const lines = table(
    ['sequences', 'time (UTC)', 'puts', 'deletes', 'range deletes', 'merges', 'size'],
    page.map((commit) => [
      rangeOf(commit),
      timeOf(commit.committedAtUs),
      commit.putCount,
      commit.deleteCount,
      commit.rangeDeleteCount,
      commit.mergeCount,
      bytes(commit.sizeBytes),
    ]),
  )
  return isFirst ? lines : lines.slice(lines.indexOf('\n') + 1)
}

async function printAccidents(core: Core, state: StateRef, json: boolean, remarks: Remarks): Promise<void> {
  const starting = core.client.commits.findAccidents({ state })
  const result = await resultOf(core, starting, {
    kind: 'find-accidents',
    json,
    stopped: 'stopped; nothing was changed',
  })
  if (result === null) return
  const { findings, commitCount, otherFindingCount } = result
  if (otherFindingCount > 0) remarks.note(`${otherFindingCount} smaller findings are not shown.`)
  print(json, { findings, commitCount, otherFindingCount, state, ...remarks.fields }, () =>
    findings.length === 0
      ? `nothing among ${commitCount} commits looks like an accident`
      : findings.map(findingText).join('\n\n'),
  )
  remarks.show(json)
}

function findingText(finding: AccidentFinding): string {
  const { committedAtUs, lastCommittedAtUs, sequenceBefore } = finding
  const until = lastCommittedAtUs === committedAtUs ? '' : ` to ${timeOf(lastCommittedAtUs)}`
  return [
    visible(finding.sentence),
    `  sequences ${rangeOf(finding)}, time ${timeOf(committedAtUs)}${until}`,
    sequenceBefore === null
      ? '  nothing comes before it in these logs: restore an older backup'
      : `  restore to: sequence ${sequenceBefore}`,
  ].join('\n')
}

function rangeOf({ firstSequence, lastSequence }: { firstSequence: number; lastSequence: number }): string {
  return firstSequence === lastSequence ? `${lastSequence}` : `${firstSequence}-${lastSequence}`
}

function timeOf(timeUs: number | null): string {
  return timeUs === null ? 'unknown' : preciseTime(timeUs)
}
