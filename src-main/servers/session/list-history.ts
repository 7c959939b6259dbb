import { AppError } from '#base/app-error.ts'
import { doubted, unexplainedLoss } from '../read-reply/list-sanity.ts'
import type { ListedBackup } from '../read-reply/listed-backup.ts'
import type { Reading } from '../read-reply/reading.ts'

/**
 * What LIST said in this session: which ids may be acted on, in which shape the server speaks, and what is gone without a reason.
 * A list that is not understood changes nothing of it.
 */
export class ListHistory {
  #backups: readonly ListedBackup[] | null = null
  #shape: string | null = null
  readonly #removed = new Set<string>()

  /** Judges a list against the one before, and remembers it. */
  accept(reading: Reading<readonly ListedBackup[]>): Reading<readonly ListedBackup[]> {
    if (!reading.understood) return reading
    const { understood, rawText, ...plain } = reading
    let found = plain
    if (this.#backups !== null) {
      const lost = unexplainedLoss(this.#backups, found.value, this.#removed)
      if (lost.length > 0)
        found = doubted(found, `Backups are gone that retention does not explain: ${shownIds(lost)}.`)
    }
    const isShown = found.value.length > 0
    if (isShown && this.#shape !== null && this.#shape !== found.shape) {
      found = doubted(found, `The server answered in another shape than before (${this.#shape}).`)
    }
    if (isShown) this.#shape = found.shape
    this.#backups = found.value
    return { understood, ...found, rawText }
  }

  /** Ids that this client had removed: their absence is explained. */
  removed(ids: readonly string[]): void {
    for (const id of ids) this.#removed.add(id)
  }

  /**
   * The backup of an id that may be acted on.
   * @throws AppError BACKUP_NOT_FOUND when no list named it, REPLY_NOT_UNDERSTOOD when the list that did was a guess
   */
  known(id: string, subject: string): ListedBackup {
    const backup = this.#backups?.find((each) => each.id === id)
    if (backup === undefined) {
      throw new AppError('BACKUP_NOT_FOUND', {
        message: `the server's last list does not name backup ${id.slice(0, 128)}`,
        subject,
        unharmed: 'Nothing was sent.',
        nextStep: 'Read the list again.',
      })
    }
    if (backup.confidence === 'guess') {
      throw new AppError('REPLY_NOT_UNDERSTOOD', {
        message: `the id ${id.slice(0, 128)} is a guess from a list that was not fully understood`,
        subject,
        unharmed: 'Nothing was sent.',
        nextStep: "Look at the server's reply as it came, and use the server's own client for this backup.",
      })
    }
    return backup
  }
}

function shownIds(ids: readonly string[]): string {
  return ids.length > 10 ? `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more` : ids.join(', ')
}
