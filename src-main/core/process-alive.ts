// a process whose number was given to another program would seem alive for ever; its heartbeat stopped, though
const HEARTBEAT_LOST_US = 60_000_000

/** Whether the process that owns jobs still runs. */
export function isProcessAlive(
  instance: { instanceId: string; processId: number; heartbeatUs: number },
  now: { ownInstanceId: string; nowUs: number },
): boolean {
  if (instance.instanceId === now.ownInstanceId) return true
  // process numbers start anew in a container: ours with another id is a predecessor
  if (instance.processId === process.pid) return false
  if (now.nowUs - instance.heartbeatUs > HEARTBEAT_LOST_US) return false
  try {
    process.kill(instance.processId, 0)
    return true
  } catch (cause) {
    // it exists, but belongs to somebody else
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'
  }
}
