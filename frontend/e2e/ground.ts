// What most tests stand on: the real program on a Redis of the test's own, with no readings in it yet.
import { aFolder, Program } from './program'
import { Redis } from './redis'

export interface Area { id: string; name: string; kind: string; parent: string; children: string[] }

export interface Ground { readonly program: Program; readonly redis: Redis; readonly folder: string }

/** Starts both; who asked stops them. */
export async function quiet(settings: Record<string, string> = {}, folder = aFolder()): Promise<Ground> {
  const redis = new Redis(folder)
  await redis.start()
  const program = new Program({ COCKPIT_DEMO_ENABLED: 'false', COCKPIT_REDIS_URL: redis.url, ...settings }, folder)
  await program.start()
  return { program, redis, folder }
}

/** A community of a street with two grids. */
export async function twoGrids(program: Program, street: string): Promise<readonly [community: string, one: string, other: string]> {
  const areas = await program.get<Area[]>('/areas')
  const found = areas.find(a => a.parent === street && a.children.length >= 2)
  const [one, other] = found?.children ?? []
  if (!found || !one || !other) throw new Error(`${street} has no community with two grids`)
  return [found.id, one, other]
}
