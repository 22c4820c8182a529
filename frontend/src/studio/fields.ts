// What a key of a tile can be: one of some, several of some, a number, or a text.
import type { TileKind } from '../api/definitions'
import type { District } from '../cockpit/district'
import { studioWords } from '../words/studio'
import type { ListHead } from './ask'
import type { Draft, TileDraft } from './draft'

export interface Option { id: string; name: string }
export interface Field {
  key: string
  label: string
  form: 'one' | 'several' | 'number' | 'text'
  value: string
  values: readonly string[]
  options: readonly Option[]
}

interface Around { district: District; lists: readonly ListHead[]; lang: 'zh' | 'en'; kinds: readonly TileKind[] }

const fixed: Record<string, readonly string[]> = { compare: ['hour', 'day', 'week', 'month', 'year'], order: ['worst', 'desc', 'asc'] }
const numbers = ['limit', 'target', 'warn', 'alarm']

export function fieldsOf(keys: readonly string[], t: TileDraft, d: Draft, around: Around): Field[] {
  const { district, lists, lang } = around
  const words = studioWords(lang)
  const called = (x: { id: string; name: string; name_en: string }): Option => ({ id: x.id, name: (lang === 'en' && x.name_en) || x.name })
  const below = district.below(t.area ?? d.area)
  const own = district.area(d.area)
  const choices = (key: string): Option[] | null => {
    const none = { id: '', name: words.choose }
    switch (key) {
      case 'kind': return around.kinds.map(id => ({ id, name: `${words.kinds[id] ?? id} ${id}` }))
      case 'indicator': return [none, ...district.allIndicators().map(called)]
      case 'area': return [{ id: '', name: words.own(own ? called(own).name : d.area) }, ...district.below(d.area).map(called)]
      case 'of': return [{ id: '', name: t.kind === 'trend' ? words.none : words.choose }, ...[...new Set(below.map(a => a.kind))].map(id => ({ id, name: id }))]
      case 'list': return [none, ...lists.map(called)]
      default: return fixed[key] ? [{ id: '', name: words.usual }, ...fixed[key].map(id => ({ id, name: words.options[id] ?? id }))] : null
    }
  }
  const several = (key: string): Option[] | null => {
    if (key === 'indicators') return district.allIndicators().map(called)
    if (key === 'measures') return district.allMeasures().map(called)
    return key === 'layers' ? lists.map(called) : null
  }
  return keys.map(key => {
    const is = (t as unknown as Record<string, unknown>)[key]
    const [one, many] = [choices(key), several(key)]
    return {
      key, label: words.fields[key] ?? key, options: many ?? one ?? [],
      form: many ? 'several' : one ? 'one' : numbers.includes(key) ? 'number' : 'text',
      value: typeof is === 'string' || typeof is === 'number' ? String(is) : '',
      values: Array.isArray(is) ? is.map(String) : [],
    }
  })
}

/** Keys of the cockpit itself; its parent is none of those below it. */
export function headFields(d: Draft, district: District, lang: 'zh' | 'en'): Field[] {
  const words = studioWords(lang)
  const called = (x: { id: string; name: string; name_en: string }): Option => ({ id: x.id, name: (lang === 'en' && x.name_en) || x.name })
  const all = district.cockpits.value
  const isBelow = (id: string, depth = 0): boolean => {
    if (id === d.id) return true
    const parent = all.find(c => c.id === id)?.parent ?? ''
    return parent !== '' && depth < 32 && isBelow(parent, depth + 1)
  }
  const root = all.find(c => c.parent === '')
  const top = root ? district.area(root.area) : undefined
  const options: Record<string, Option[]> = {
    kind: ['district', 'street', 'theme'].map(id => ({ id, name: words.cockpitKinds[id] ?? id })),
    area: top ? [called(top), ...district.below(top.id).map(called)] : [],
    parent: d.parent === '' ? [{ id: '', name: words.noParent }] : all.filter(c => !isBelow(c.id)).map(called),
  }
  return (['name', 'name_en', 'kind', 'area', 'parent'] as const).map(key => ({
    key, label: words.head[key] ?? key, form: options[key] ? 'one' : 'text', value: d[key], values: [], options: options[key] ?? [],
  }))
}
