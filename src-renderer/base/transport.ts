/** A live line to the core, of whatever make. */
export type Transport = {
  readonly channel:
    | { readonly kind: 'websocket'; readonly socket: WebSocket }
    | { readonly kind: 'port'; readonly port: MessagePort }
  /** resolves when the line is lost; it never comes back, a new one has to be opened */
  readonly closed: Promise<void>
  close(): void
}
