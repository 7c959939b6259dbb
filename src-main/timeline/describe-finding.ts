import type { Finding, FindingFamily, KeyPreview } from './finding.ts'

const SECOND_US = 1_000_000

/** One sentence for people: what happened and how much of it; when is for the caller to say. */
export function describeFinding(finding: Finding): string {
  switch (finding.kind) {
    case 'mass-delete': {
      const usual = number(Math.round(finding.usualDeletes))
      return `${rows(finding.deletes)} were deleted in ${commits(finding.commitCount)}; usual is ${usual} a commit.`
    }
    case 'range-delete': {
      const times = finding.rangeCount === 1 ? '' : ` (${number(finding.rangeCount)} ranges in a row)`
      return `${rangeSubject(finding)} from ${keyText(finding.begin)} up to ${keyText(finding.end)}${times}.`
    }
    case 'label-wide-change': {
      const { nodeCount, label, change } = finding
      const nodes = nodeCount === 1 ? '1 node' : `${number(nodeCount)} nodes`
      const verb = nodeCount === 1 ? 'was' : 'were'
      return `${nodes} with the label ${label} ${verb} ${change} in ${commits(finding.commitCount)}.`
    }
    case 'unusual-rate': {
      const { measure, peak, usual, bucketUs } = finding
      const seconds = number(bucketUs / SECOND_US)
      return `Up to ${number(peak)} ${measure} in ${seconds} seconds; usual is ${number(Math.round(usual))}.`
    }
  }
}

function rangeSubject({ covers, family }: Extract<Finding, { kind: 'range-delete' }>): string {
  switch (covers.what) {
    case 'family':
      return `The whole column family ${familyText(family)} was deleted,`
    case 'tenant':
      return `Everything of the tenant ${covers.tenant} in ${familyText(family)} was deleted,`
    case 'part':
      return `All keys of ${familyText(family)} were deleted`
  }
}

function familyText({ columnFamilyId, name }: FindingFamily): string {
  return name ?? `column family ${columnFamilyId}`
}

function keyText({ text, isCut }: KeyPreview): string {
  return `“${text}${isCut ? '…' : ''}”`
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${number(count)} rows`
}

function commits(count: number): string {
  return count === 1 ? 'one commit' : `${number(count)} commits`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
