// The words of the page that takes lists, in the language of the page.
import { listsEn } from './lists.en'
import { listsZh, type ListsWords } from './lists.zh'

export type { ListsWords }

export function listsWords(lang: 'zh' | 'en'): ListsWords {
  return lang === 'en' ? listsEn : listsZh
}
