import { X509Certificate } from 'node:crypto'
import { AppError } from '#base/app-error.ts'

const blockForm = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** @throws AppError BAD_REQUEST when the text is not one or more certificates in PEM */
export function checkAuthorities(pem: string): void {
  const blocks = pem.match(blockForm)
  try {
    if (blocks === null) throw new Error('no certificate in it')
    for (const block of blocks) new X509Certificate(block)
  } catch (cause) {
    throw new AppError(
      'BAD_REQUEST',
      {
        message: 'the authorities to trust are not certificates in PEM',
        unharmed: 'Nothing was sent.',
        nextStep: 'Use the text of a file that begins with "-----BEGIN CERTIFICATE-----".',
      },
      { cause },
    )
  }
}
