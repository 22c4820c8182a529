// What a household's states are called, once for the phone at the door, the board and the report: who talk to each other use the same words.

export const statesZh = {
  pending: '未通知', notified: '已通知', knocked: '已敲门', left: '已撤离', empty: '确认无人', helped: '已协助转移', refused: '拒绝', need_help: '需协助', no_answer: '无人应答',
} as const

export const statesEn: Readonly<Record<keyof typeof statesZh, string>> = {
  pending: 'Not told yet', notified: 'Notified', knocked: 'Knocked', left: 'Left', empty: 'Nobody home', helped: 'Helped out', refused: 'Refuses', need_help: 'Needs help', no_answer: 'No answer',
}
