'use strict'
// Shows every tile of every cockpit as text, straight from the live connection.

const words = {
  zh: { other: 'English', lost: '连接中断，以下为旧数据', redis: '数据源中断', ready: '实时', starting: '正在启动', demo: '演示数据',
    rate: '条/秒', fresh: '在线', more: '其余', forbidden: '无权查看',
    status: { normal: '■ 正常', warn: '▲ 预警', alarm: '● 告警', stale: '◌ 过期', empty: '– 无数据', suppressed: '⊘ 隐去' } },
  en: { other: '中文', lost: 'Connection lost: what follows is old', redis: 'Data source lost', ready: 'live', starting: 'starting', demo: 'demo data',
    rate: 'readings/s', fresh: 'fresh', more: 'more:', forbidden: 'not for these eyes',
    status: { normal: '■ normal', warn: '▲ warning', alarm: '● alarm', stale: '◌ stale', empty: '– no data', suppressed: '⊘ hidden' } },
}
const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language
let lang = asked.startsWith('en') ? 'en' : 'zh'
const byId = (id) => document.getElementById(id)
const boards = new Map() // cockpit id → { definition, tiles, rows }
const names = new Map() // area or indicator id → its definition
let heard = 0, hello = null, beat = null, wait = 500

function element(tag, text, parent) {
  const e = document.createElement(tag)
  if (text !== undefined) e.textContent = text
  parent?.append(e)
  return e
}

const title = (d) => (lang === 'en' && (d.title_en || d.name_en)) || d.title || d.name || d.id
const called = (id) => (names.has(id) ? title(names.get(id)) : id)

function figure(value, indicator) {
  if (value === null || value === undefined) return '—'
  const d = names.get(indicator)
  const text = value.toLocaleString(lang, { maximumFractionDigits: d?.decimals ?? 2 })
  return d?.unit ? `${text} ${d.unit}` : text
}

// merge follows the protocol: a key replaces, but spark points merge by time,
// items by id, and an item's cells by key.
function merge(old, patch) {
  const next = { ...old, ...patch }
  if (old?.spark && patch.spark) {
    const points = new Map([...old.spark, ...patch.spark].map((p) => [p[0], p]))
    next.spark = [...points.values()].sort((a, b) => a[0] - b[0]).slice(-60)
  }
  if (old?.items && patch.items) {
    const items = new Map(old.items.map((i) => [i.id, i]))
    for (const i of patch.items) {
      if (i.gone) items.delete(i.id)
      else items.set(i.id, { ...items.get(i.id), ...i, ...(i.cells && { cells: { ...items.get(i.id)?.cells, ...i.cells } }) })
    }
    next.items = [...items.values()]
  }
  return next
}

function itemText(item, tile) {
  if (item.cells) {
    const cells = Object.entries(item.cells).map(([id, c]) => `${called(id)} ${figure(c && typeof c === 'object' ? c.value : c, id)}`)
    return `${called(item.id)}: ${cells.join(', ')}`
  }
  const indicator = item.indicator ?? (names.get(item.id)?.unit === undefined ? tile.indicator : item.id)
  const place = item.area ? `${called(item.indicator)} · ${called(item.area)}` : called(item.id)
  const mark = item.status && item.status !== 'normal' ? ' ' + words[lang].status[item.status] : ''
  return `${item.rank ? item.rank + '. ' : ''}${place} ${figure(item.value, indicator)}${mark}`
}

function draw(board) {
  for (const d of board.definition.tiles) {
    const tile = board.tiles.get(d.id), row = board.rows.get(d.id)
    if (!tile) continue
    const items = [...(tile.items ?? [])].sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    const rest = items.length > 12 ? [`${words[lang].more} ${items.length - 12}`] : []
    const detail = [tile.coverage && `${tile.coverage.fresh}/${tile.coverage.expected} ${words[lang].fresh}`,
      tile.parts && `${figure(tile.parts[0])} ÷ ${figure(tile.parts[1])}`,
      tile.as_of && new Date(tile.as_of).toLocaleTimeString(lang),
      ...items.slice(0, 12).map((i) => itemText(i, d)), ...rest]
    row.dataset.status = tile.status
    const texts = [title(d), figure(tile.value, d.indicator), words[lang].status[tile.status] ?? tile.status, detail.filter(Boolean).join(' · ')]
    texts.forEach((text, i) => { if (row.cells[i].textContent !== text) row.cells[i].textContent = text })
  }
}

function head() {
  const w = words[lang], lost = Date.now() - heard > 4500 || (beat && beat.now - beat.tick > 4500)
  const cut = beat && (beat.behind === null || beat.behind > 10000)
  document.body.toggleAttribute('data-lost', Boolean(lost))
  byId('state').textContent = [lost ? w.lost : cut ? w.redis : hello?.ready ? w.ready : w.starting, hello?.demo && w.demo].filter(Boolean).join(' · ')
  byId('beat').textContent = beat ? `${beat.rate} ${w.rate} · ${beat.points.fresh}/${beat.points.expected} ${w.fresh}` : ''
  byId('language').textContent = w.other
}

function take(message) {
  const board = boards.get(message.cockpit)
  if (message.op === 'hello') hello = message
  else if (message.op === 'beat') beat = message
  else if (message.op === 'snapshot' && board) {
    hello = { ...hello, ready: true }
    board.tiles = new Map(message.tiles.map((t) => [t.id, t]))
  } else if (message.op === 'delta' && board) {
    for (const patch of message.tiles) board.tiles.set(patch.id, merge(board.tiles.get(patch.id), patch))
  } else if (message.op === 'error' && message.code === 'forbidden' && board) board.heading.append(` (${words[lang].forbidden})`)
  if (board) draw(board)
}

function connect() {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`, 'cockpit.v1')
  socket.onopen = () => {
    wait = 500
    for (const id of [...boards.keys()].slice(0, 64)) socket.send(JSON.stringify({ op: 'subscribe', cockpit: id }))
  }
  socket.onmessage = (event) => {
    heard = Date.now()
    ;[].concat(JSON.parse(event.data)).forEach(take)
    head()
  }
  socket.onclose = () => {
    setTimeout(connect, wait * (0.5 + Math.random()))
    wait = Math.min(wait * 2, 10000)
  }
}

// lay makes the page anew, in the present language.
function lay() {
  document.documentElement.lang = lang === 'en' ? 'en' : 'zh-CN'
  byId('tree').replaceChildren()
  byId('cockpits').replaceChildren()
  for (const [id, board] of boards) {
    element('a', title(board.definition), byId('tree')).href = '#' + id
    board.heading = element('h2', title(board.definition), byId('cockpits'))
    board.heading.id = id
    const table = element('table', undefined, byId('cockpits'))
    board.rows = new Map()
    for (const d of board.definition.tiles) {
      const row = table.insertRow()
      for (let i = 0; i < 4; i++) row.insertCell()
      row.cells[0].textContent = title(d)
      board.rows.set(d.id, row)
    }
    draw(board)
  }
  head()
}

async function ask(path) {
  const answer = await fetch('/api/v1' + path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return answer.json()
}

async function start() {
  try {
    const lists = await Promise.all([ask('/areas'), ask('/measures'), ask('/indicators')])
    for (const one of lists.flat()) names.set(one.id, one)
    const tree = await ask('/cockpits')
    for (const definition of await Promise.all(tree.map((c) => ask('/cockpits/' + c.id)))) {
      boards.set(definition.id, { definition, tiles: new Map(), rows: new Map() })
    }
  } catch (error) {
    byId('state').textContent = String(error)
    setTimeout(start, 3000)
    return
  }
  lay()
  connect()
  setInterval(head, 500)
}

byId('language').addEventListener('click', () => {
  lang = lang === 'en' ? 'zh' : 'en'
  lay()
})
start()
