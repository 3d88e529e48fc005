import type { Text } from '../en/en.ts';

export const admin: Text['admin'] = {
  nav: '录制管理',
  recordings: '录制',
  storage: '存储',
  audit: '审计日志',
  account: '账户',
  api: 'API 说明',
  tryAgainIn: (seconds) => `尝试次数过多。请在 ${seconds} 秒后重试。`,
};

export const account: Text['account'] = {
  passwordTitle: '修改密码',
  current: '当前密码',
  next: '新密码',
  nextHint: '至少 8 个字符。其他浏览器都将退出登录。',
  tooShort: '请至少使用 8 个字符。',
  change: '修改密码',
  changed: '密码已修改。其他浏览器都已退出登录。',
  sessionTitle: '退出登录',
  sessionBody: '登录状态在 7 天后自动失效。如果设备丢失，请在所有位置退出。',
  signOut: '退出登录',
  everywhere: '在所有位置退出',
  everywhereTitle: '要在所有位置退出吗？',
  everywhereBody: '所有浏览器都将立即退出登录，包括这一个。',
  stay: '保持登录',
  apiTitle: '供程序使用',
  apiBody: '这些页面上的一切也都可以通过 HTTP API 完成。',
  apiLink: '阅读 API 说明',
};
