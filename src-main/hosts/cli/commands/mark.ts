import { markInRepository, markThroughServer } from '../../../core/mark-point.ts'
import { addressOf, firstLineOf } from '../protection-options.ts'
import { print } from '../render.ts'
import { badArgument } from '../usage.ts'

export type MarkOptions = {
  readonly repo?: string
  readonly server?: string
  readonly passwordFile?: string
  readonly json: boolean
}

/** `lifeboat mark`: names the newest state, in a repository that nobody writes or through the agent that does. */
export async function mark(name: string, { repo, server, passwordFile, json }: MarkOptions): Promise<void> {
  if ((repo === undefined) === (server === undefined)) {
    throw badArgument(
      'the point is named in a repository or through a server',
      name,
      'Write --repo <directory>, or --server <host:port> where an agent runs.',
    )
  }
  if (repo !== undefined) {
    const made = markInRepository(repo, name)
    return print(json, made, () => `“${name}” is sequence ${made.sequence} of timeline ${made.timeline}.`)
  }
  const credentials = passwordFile === undefined ? undefined : { password: firstLineOf(passwordFile) }
  await markThroughServer({ ...addressOf(server ?? ''), credentials }, name)
  print(json, { name, server }, () => `“${name}” is named at ${server}.`)
}
