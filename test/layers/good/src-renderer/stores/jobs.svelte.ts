import { client } from '../api/client.ts'
import { platform } from '../host/platform.ts'

export const jobs = [client, platform]
