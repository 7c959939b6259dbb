export const key = 'key'
