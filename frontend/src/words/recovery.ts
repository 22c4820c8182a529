// What the account page says of recovery codes, in both languages.

const zh = {
  head: '恢复码',
  hint: '手机不在身边时，登录处用一个恢复码代替动态码，每个只能用一次。打印出来锁好，不要存在电脑里。',
  left: (n: number) => (n === 0 ? '现在一个也没有。' : `还剩 ${n} 个。`),
  make: '生成 10 个恢复码',
  again: '换 10 个新的（旧的作废）',
  once: '只显示这一次，现在就打印或抄下来：',
  print: '打印',
  fresh: '先填一次动态码，证明是你：',
}

const en: typeof zh = {
  head: 'Recovery codes',
  hint: 'When your phone is not at hand, one of these stands for the code at sign-in, each once. Print them and lock them away; do not keep them on a computer.',
  left: n => (n === 0 ? 'You have none now.' : `${n} left.`),
  make: 'Make 10 recovery codes',
  again: 'Make 10 new ones (the old ones end)',
  once: 'Shown this once: print or copy them now:',
  print: 'Print',
  fresh: 'First give your code, so that we know it is you:',
}

export function recoveryWords(lang: 'zh' | 'en'): typeof zh {
  return lang === 'en' ? en : zh
}
