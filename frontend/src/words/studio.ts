// The words of the studio in the language of the page.
import { studioEn } from './studio.en'
import { studioZh, type StudioWords } from './studio.zh'

export type { StudioWords }

export function studioWords(lang: 'zh' | 'en'): StudioWords {
  return lang === 'en' ? studioEn : studioZh
}
