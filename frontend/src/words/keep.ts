// What a wall says of its own care: quiet marks for who looks after it.

const zh = {
  misfit: (n: number) => `${n} 格放不下`,
  misfitWhy: (names: string) => `从这块屏的观看距离看不全或偏小：${names}`,
  awake: '可能会熄屏',
  awakeWhy: '浏览器没有让这块屏保持常亮：需要 https 或本机地址',
  muted: '声音被浏览器静音',
  mutedWhy: '点一下或按任意键，报警就有声音；加 ?sound=0 关掉声音',
}

const en: typeof zh = {
  misfit: n => (n === 1 ? '1 tile does not fit' : `${n} tiles do not fit`),
  misfitWhy: names => `Not whole, or smaller than this viewing distance asks for: ${names}`,
  awake: 'screen may sleep',
  awakeWhy: 'The browser did not let this screen stay awake: that takes https or a local address',
  muted: 'muted by the browser',
  mutedWhy: 'Tap or press any key, and alarms can be heard; ?sound=0 turns sound off',
}

export const keepWords = (lang: 'zh' | 'en'): typeof zh => (lang === 'en' ? en : zh)
