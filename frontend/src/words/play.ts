// The few words of a wall that plays.

const zh = {
  loading: '正在取…',
  nothing: '这块屏没有要放的驾驶舱',
  paused: '已暂停，按空格继续',
  place: (place: number, all: number) => `第 ${place} / ${all} 页`,
}

const en: typeof zh = {
  loading: 'Loading…',
  nothing: 'This screen has no cockpit to show',
  paused: 'Paused; space goes on',
  place: (place, all) => `page ${place} of ${all}`,
}

export function playWords(lang: 'zh' | 'en'): typeof zh {
  return lang === 'en' ? en : zh
}
