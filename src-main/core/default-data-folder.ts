import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where the catalogue lies when nobody says otherwise: the platform's own place for application data. The same for every
 * host, so that the window knows what was verified from the terminal.
 */
export function defaultDataFolder(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string {
  if (environment.LIFEBOAT_DATA_FOLDER !== undefined) return environment.LIFEBOAT_DATA_FOLDER
  const home = homedir()
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Lifeboat')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Lifeboat')
  return join(environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'lifeboat')
}
