// The language of the phone's pages: what was chosen here, else the phone's own.
import { computed, shallowRef } from 'vue'
import { fieldWords } from '../words/field'

const key = 'citydeck.field.lang'
const lang = shallowRef<'zh' | 'en'>('zh')

export function setLang(chosen?: 'zh' | 'en'): void {
  if (chosen) localStorage.setItem(key, chosen)
  const kept = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(key) ?? navigator.language
  lang.value = chosen ?? (kept.startsWith('en') ? 'en' : 'zh')
  document.documentElement.lang = lang.value === 'en' ? 'en' : 'zh-CN'
  document.title = fieldWords(lang.value).title
}

export function useWords() {
  return { lang, w: computed(() => fieldWords(lang.value)), other: () => { setLang(lang.value === 'en' ? 'zh' : 'en') } }
}
