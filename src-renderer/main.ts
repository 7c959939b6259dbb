import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './app/App.svelte'
import { createElectronHost, type LifeboatHost } from './host/electron.ts'
import { createWebHost } from './host/web.ts'

declare global {
  interface Window {
    /** There when the preload script of the desktop host put it there. */
    readonly lifeboatHost?: LifeboatHost
  }
}

const host =
  window.lifeboatHost === undefined
    ? createWebHost(window.location.href)
    : createElectronHost(window.lifeboatHost, window)
const target = document.getElementById('app')
if (target !== null) mount(App, { target, props: { host } })
