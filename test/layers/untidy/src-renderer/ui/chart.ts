export const line = '#d33333'
