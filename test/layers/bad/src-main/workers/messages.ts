export type Message = { readonly kind: 'stop' }
