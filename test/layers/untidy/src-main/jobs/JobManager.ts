// Date.now in a comment is only talk
export const id = Math.random()
export const home = process.env.HOME
export const today = new Date()
// TODO later
// TODO #12: with a number
export const path = '/home/somebody/backups'
export const host = 'registry.npmjs.example'
