// The words of pages in the language of the page.
import { pagesEn } from './pages.en'
import { pagesZh, type PageWords } from './pages.zh'

export type { PageWords }

/** Words of pages in one language. */
export function pageWords(lang: 'zh' | 'en'): PageWords {
  return lang === 'en' ? pagesEn : pagesZh
}
