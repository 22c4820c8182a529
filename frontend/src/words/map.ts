// The words of the map page in the language of the page.
import { mapEn } from './map.en'
import { mapZh, type MapWords } from './map.zh'

export type { MapWords }

export function mapWords(lang: 'zh' | 'en'): MapWords {
  return lang === 'en' ? mapEn : mapZh
}
