// What the foot of a page says about its way to the server.

const words = {
  zh: { events: '备用通道', eventsWhy: 'WebSocket 不通，改用服务器推送事件；数值同样实时，恢复后自动切回' },
  en: { events: 'fallback line', eventsWhy: 'WebSockets fail here; numbers come as server-sent events, just as live, and it goes back by itself' },
}

export const liveWords = (lang: 'zh' | 'en') => words[lang]
