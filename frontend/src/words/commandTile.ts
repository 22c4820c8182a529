// What the tile of running commands says; it comes with the tile.

const zh = {
  plansReady: (n: number) => `${n} 套预案可启动`,
  households: '户已离开',
  stillIn: (n: number) => `剩 ${n}`,
  paused: '已暂停',
  waits: '待确认',
}
const en: typeof zh = {
  plansReady: n => `${n} ${n === 1 ? 'plan' : 'plans'} to launch`,
  households: 'out',
  stillIn: n => `${n} left`,
  paused: 'paused',
  waits: 'to confirm',
}

export function commandTileWords(lang: 'zh' | 'en'): typeof zh {
  return lang === 'en' ? en : zh
}
