import { AppError } from '#base/app-error.ts'
import { type ServerError, serverErrorOf } from '../read-reply/server-error.ts'
import { type Capabilities, capabilitiesOf } from './capabilities.ts'
import type { ServerCommands } from './commands.ts'
import { type Product, productOf, unknownProduct } from './product.ts'
import { appErrorOf } from './server-app-error.ts'

/** What can be said about a server without changing anything on it. */
export type ServerProbe = {
  readonly reachable: boolean
  /** refused: the server answers, but not to these credentials */
  readonly access: 'granted' | 'refused' | 'unknown'
  readonly product: Product
  /** null: not known */
  readonly hasAdminBackup: boolean | null
  readonly capabilities: Capabilities
  /** of a PING, microseconds */
  readonly latencyUs: number | null
  /** why something of this is not known */
  readonly error: AppError | null
}

/** PING, INFO, then LIST, the only probe of ADMIN.BACKUP that is safe: docs/formats/samyama.md §8.7. Never throws for the server's sake. */
export async function probeServer(commands: ServerCommands, mayDelete: boolean): Promise<ServerProbe> {
  let latencyUs: number | null = null
  try {
    await commands.connect()
    const startUs = commands.clock.monotonicUs()
    const pong = await commands.read(['PING'])
    latencyUs = commands.clock.monotonicUs() - startUs
    const refusal = serverErrorOf(pong.tree)
    if (refusal?.class === 'credentials') return refused(appErrorOf(refusal, commands.subject), mayDelete, latencyUs)
    const info = await commands.read(['INFO'])
    const infoError = serverErrorOf(info.tree)
    if (infoError?.class === 'credentials')
      return refused(appErrorOf(infoError, commands.subject), mayDelete, latencyUs)
    const isOurs = infoError === null && productOf(info.tree, null).kind === 'lifeboat'
    // a long list of an unknown server cannot be helped: no other form of LIST is known to be one
    const listed = await commands.read(['ADMIN.BACKUP', 'LIST', ...(isOurs ? ['LIMIT', '1'] : [])])
    const listError = serverErrorOf(listed.tree)
    const hasAdminBackup = knowsAdminBackup(listError)
    commands.knowsAdminBackup = hasAdminBackup === true
    const product = productOf(infoError === null ? info.tree : null, hasAdminBackup)
    return {
      reachable: true,
      access: listError?.class === 'credentials' ? 'refused' : 'granted',
      product,
      hasAdminBackup,
      capabilities: capabilitiesOf(product, hasAdminBackup, mayDelete),
      latencyUs,
      error: listError === null ? null : appErrorOf(listError, commands.subject),
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'SERVER_REFUSED') return refused(error, mayDelete, latencyUs)
    return { ...unprobed(mayDelete), reachable: error.code === 'REPLY_NOT_UNDERSTOOD', latencyUs, error }
  }
}

/** A server that refuses this user knows the command; one that does not know it, does not. Other errors leave it known too. */
function knowsAdminBackup(error: ServerError | null): boolean | null {
  if (error === null) return true
  if (error.class === 'unknown-command') return false
  return error.class === 'credentials' ? null : true
}

function refused(error: AppError, mayDelete: boolean, latencyUs: number | null): ServerProbe {
  return { ...unprobed(mayDelete), reachable: true, access: 'refused', latencyUs, error }
}

function unprobed(mayDelete: boolean): ServerProbe {
  return {
    reachable: false,
    access: 'unknown',
    product: unknownProduct,
    hasAdminBackup: null,
    capabilities: capabilitiesOf(unknownProduct, null, mayDelete),
    latencyUs: null,
    error: null,
  }
}
