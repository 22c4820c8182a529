// What outlives a reload, a closed page and an empty battery: all that was said, and the last that was heard.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Heard, Said } from './model'

interface Shelf extends DBSchema {
  said: { key: number; value: Said }
  last: { key: string; value: unknown }
}

export interface Store {
  /** Numbers it and keeps it; done when it is on the phone's disk. */
  add(said: Omit<Said, 'n'>): Promise<Said>
  change(said: Said): Promise<void>
  remove(n: number): Promise<void>
  all(): Promise<Said[]>
  heard(): Promise<Heard | null>
  hear(heard: Heard | null): Promise<void>
  /** Things that this phone has to remember for a command: what was read, what was signed. */
  noted(key: string): Promise<readonly string[]>
  note(key: string, list: readonly string[]): Promise<void>
}

export async function openStore(): Promise<Store> {
  const db: IDBPDatabase<Shelf> = await openDB<Shelf>('citydeck-field', 1, {
    upgrade(fresh) {
      fresh.createObjectStore('said', { keyPath: 'n', autoIncrement: true })
      fresh.createObjectStore('last')
    },
  })
  return {
    async add(said) {
      const tx = db.transaction('said', 'readwrite', { durability: 'strict' })
      const n = await tx.store.add(said as Said)
      await tx.done
      return { ...said, n }
    },
    async change(said) { await db.put('said', said) },
    async remove(n) { await db.delete('said', n) },
    all: () => db.getAll('said'),
    heard: async () => (await db.get('last', 'heard') as Heard | undefined) ?? null,
    async hear(heard) { await db.put('last', heard, 'heard') },
    noted: async key => (await db.get('last', key) as readonly string[] | undefined) ?? [],
    async note(key, list) { await db.put('last', [...list], key) },
  }
}
