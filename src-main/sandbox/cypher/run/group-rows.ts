import type { Execution } from '../evaluate/execution.ts'
import type { Evaluate } from '../evaluate/scope.ts'
import type { Operator } from '../match/match-types.ts'
import { groupKeyOf } from '../values/group-key.ts'
import type { CypherValue } from '../values/value.ts'
import type { RunningAggregate } from './aggregates.ts'

type Group = { readonly values: readonly CypherValue[]; readonly aggregates: readonly RunningAggregate[] }

/**
 * A row for each group of rows with the same values: those values, then the aggregates. Without values to group by
 * there is one group, even of no rows.
 */
export function groupRows(
  groupBy: readonly Evaluate[],
  aggregates: readonly (() => RunningAggregate)[],
  execution: Execution,
): Operator {
  const newGroup = (values: readonly CypherValue[]): Group => ({ values, aggregates: aggregates.map((make) => make()) })
  return function* group(input) {
    const groups = new Map<string, Group>()
    if (groupBy.length === 0) groups.set('', newGroup([]))
    for (const row of input) {
      const values = groupBy.map((evaluate) => evaluate(row))
      const key = groupKeyOf(values)
      let group = groups.get(key)
      if (group === undefined) {
        execution.expand()
        group = newGroup(values)
        groups.set(key, group)
      }
      for (const aggregate of group.aggregates) aggregate.addRow(row)
    }
    for (const { values, aggregates: running } of groups.values())
      yield [...values, ...running.map((aggregate) => aggregate.result())]
  }
}
