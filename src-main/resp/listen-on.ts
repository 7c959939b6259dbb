import type { Server } from 'node:net'
import { AppError } from '#base/app-error.ts'
import { isLoopback, type ListenAddress } from './listen-address.ts'

/** connections that the system accepts before we do */
const backlog = 511

/**
 * Binds and listens.
 * @throws AppError ACCESS_DENIED or IO_FAILED
 */
export async function listenOn(server: Server, listen: ListenAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(listenError(listen, error))
    server.once('error', fail)
    server.listen({ host: listen.host, port: listen.port, backlog }, () => {
      server.off('error', fail)
      resolve()
    })
  })
  const address = server.address()
  const isElsewhere = typeof address === 'object' && address !== null && !isLoopback(address.address)
  if (listen.host !== 'localhost' || !isElsewhere) return
  await new Promise<void>((resolve) => server.close(() => resolve()))
  throw new AppError('BAD_REQUEST', {
    message: 'localhost is not this machine here',
    subject: address.address,
    nextStep: 'Listen on 127.0.0.1.',
  })
}

function listenError({ host, port }: ListenAddress, cause: NodeJS.ErrnoException): AppError {
  const isDenied = cause.code === 'EACCES' || cause.code === 'EPERM'
  return new AppError(
    isDenied ? 'ACCESS_DENIED' : 'IO_FAILED',
    {
      message: cause.code === 'EADDRINUSE' ? 'the port is taken' : 'the address cannot be listened on',
      subject: `${host}:${port}`,
      nextStep: 'Choose another address or port, or stop the program that has it.',
    },
    { cause },
  )
}
