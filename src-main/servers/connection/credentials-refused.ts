import { AppError } from '#base/app-error.ts'
import { cleanLine } from '../read-reply/clean-text.ts'

/** @param text the server's words for refusing AUTH */
export function credentialsRefused(subject: string, text: string): AppError {
  const takesNone = /unknown command|no password is set|without any password configured/i.test(text)
  return new AppError('SERVER_REFUSED', {
    message: `${takesNone ? 'the server takes no password' : 'the server refused the credentials'} (${cleanLine(text).slice(0, 300)})`,
    subject,
    unharmed: 'Nothing was changed.',
    nextStep: takesNone ? 'Connect without a password.' : 'Check user and password.',
  })
}
