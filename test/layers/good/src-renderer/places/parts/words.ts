export const words = 'words'
