// Units: data says them in its own way, a page in its language. Counting words have no English unit.

const english: Readonly<Record<string, string>> = {
  件: '', 起: '', 人: '', 家: '', 户: '', 个: '', 例: '', 次: '', 条: '', 处: '', 台: '', 辆: '', 路: '', 项: '', 张: '', 名: '', 岗: '', 场: '', 栋: '', 宗: '', 单: '', 座: '', 层: '', 套: '', 类: '', 批: '', 通: '', 份: '', 只: '', 间: '', 人次: '', 户次: '', 家次: '', 车次: '',
  天: 'd', 日: 'd', 分: 'min', 分钟: 'min', 秒: 's', 小时: 'h', 时: 'h', 元: 'CNY', 万元: '×10k CNY', 公里: 'km', 米: 'm', 吨: 't', '公里/时': 'km/h', 千瓦时: 'kWh', 百分点: 'pp',
  '起/十万人': '/100k', '起/万人次': '/10k', '件/万人次': '/10k', '件/万人': '/10k', '人/万人': '/10k', '人/格': '/grid', '人/人': 'each', '人/万m2': '/10k m²', '人/万m²': '/10k m²', '万m²': '×10k m²', 'kWh/m²': 'kWh/m²', 万m2: '×10k m²', 'kWh/m2': 'kWh/m²',
}
const chinese: Readonly<Record<string, string>> = {
  min: '分', s: '秒', h: '小时', ms: '毫秒', km: '公里', 'km/h': '公里/时', 'veh·h': '车·时', 'veh·km': '车·公里', 万m2: '万 m²', '人/万m2': '人/万 m²', 'kWh/m2': 'kWh/m²',
}

/** A unit in the language of the page. */
export function unitWord(unit: string, lang: 'zh' | 'en'): string {
  return (lang === 'zh' ? chinese : english)[unit] ?? unit
}
