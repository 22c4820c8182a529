// What every page of this screen shares: one live connection and one district.
import { inject, shallowRef, type App, type InjectionKey, type ShallowRef } from 'vue'
import { network } from '../live/network'
import { Live } from '../live/socket'
import { District } from './district'

export interface Station {
  readonly live: Live
  readonly district: District
  /** readings a second, one of each beat of the last minute */
  readonly pulse: ShallowRef<readonly number[]>
}

const beats = 30

const key: InjectionKey<Station> = Symbol('station')
const stranger: InjectionKey<() => void> = Symbol('stranger')

/** Opens the connection when the first page asks for it; `unknown` is called when the server doesn't know who asks. */
export function install(app: App, unknown: () => void): void {
  const live = new Live(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`, network)
  const district = new District()
  app.provide(key, { live, district, pulse: shallowRef([]) })
  app.provide(stranger, unknown)
}

let started = false

/** The shared connection and district, running from the first use. */
export function useStation(): Station {
  const station = inject(key)
  if (!station) throw new Error('no station was installed')
  if (!started) {
    started = true
    start(station, inject(stranger, () => undefined))
  }
  return station
}

function start({ live, district, pulse }: Station, unknown: () => void): void {
  let build = ''
  let last = 0
  void district.load()
  live.onFrame(() => {
    const { beat } = live
    if (live.trouble?.code === 'unauthenticated') unknown()
    if (beat && beat.now !== last) {
      last = beat.now
      pulse.value = [...pulse.value, beat.rate].slice(-beats)
    }
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
