import type { SentCommand } from '#contract'
import type { ReadDatabase, WriteDatabase } from './open.ts'
import { statement } from './statements.ts'

export type NewSentCommand = Pick<
  SentCommand,
  'serverId' | 'serverName' | 'address' | 'userName' | 'command' | 'sentAtUs'
>

export type CommandOutcome = {
  outcome: 'done' | 'failed' | 'unknown'
  finishedAtUs: number
  reply: string | null
  /** as it was really sent, when it is known better now */
  command: string
}

/** Notes a command before it is sent, so that a power cut after that does not lose it. Returns its id. */
export function addSentCommand(database: WriteDatabase, sent: NewSentCommand): number {
  const insert = statement(
    database,
    `insert into sent_command (server_id, server_name, address, user_name, command, sent_at_us, outcome)
     values (:serverId, :serverName, :address, :userName, :command, :sentAtUs, 'sent')`,
  )
  return Number(insert.run(sent).lastInsertRowid)
}

/** Notes what became of it; once more when it is known better. */
export function settleSentCommand(database: WriteDatabase, sentCommandId: number, outcome: CommandOutcome): void {
  statement(
    database,
    `update sent_command set outcome = :outcome, finished_at_us = :finishedAtUs, reply = :reply, command = :command
     where sent_command_id = :sentCommandId`,
  ).run({ ...outcome, sentCommandId })
}

/** Newest first; of one server or of all (null), forgotten ones included. */
export function sentCommandsNewest(database: ReadDatabase, serverId: number | null, limit: number): SentCommand[] {
  return statement(
    database,
    `select server_id as serverId, server_name as serverName, address, user_name as userName, command,
       sent_at_us as sentAtUs, outcome, finished_at_us as finishedAtUs, reply
     from sent_command where :serverId is null or server_id = :serverId order by sent_command_id desc limit :limit`,
  ).all({ serverId, limit }) as SentCommand[]
}
