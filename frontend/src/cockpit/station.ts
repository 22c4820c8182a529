// What every page of this screen shares: one live connection and one district.
import { inject, type App, type InjectionKey } from 'vue'
import { Live } from '../live/socket'
import { District } from './district'

export interface Station {
  readonly live: Live
  readonly district: District
}

const key: InjectionKey<Station> = Symbol('station')

/** Opens the connection when the first page asks for it. */
export function install(app: App): void {
  const live = new Live(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`)
  const district = new District()
  app.provide(key, { live, district })
}

let started = false

/** The shared connection and district, running from the first use. */
export function useStation(): Station {
  const station = inject(key)
  if (!station) throw new Error('no station was installed')
  if (!started) {
    started = true
    start(station)
  }
  return station
}

function start({ live, district }: Station): void {
  let build = ''
  void district.load()
  live.onFrame(() => {
    const now = live.hello?.build ?? ''
    if (build !== '' && now !== '' && now !== build) void district.load()
    if (now !== '') build = now
  })
  live.start()
  addEventListener('online', () => live.nudge())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') live.nudge()
  })
}
