/** Hands a text to the browser as a file to be saved. */
export function saveText(name: string, text: string, type = 'application/json'): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // the browser has its own hold on it by the next turn
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
