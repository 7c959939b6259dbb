export const chain = 'chain'
