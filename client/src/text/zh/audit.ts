import type { AuditAction } from '#protocol/http/audit.ts';
import type { Text } from '../en/en.ts';

const deeds: Record<AuditAction, string> = {
  'signed-in': '登录',
  'sign-in-refused': '输入了错误的密码',
  'signed-out': '退出了登录',
  'signed-out-everywhere': '让所有浏览器退出登录',
  'password-changed': '修改了密码',
  'recording-deleted': '删除了一个录制',
  'person-deleted': '删除了一个人的文件',
  'recording-pinned': '固定了一个录制',
  'recording-unpinned': '取消固定了一个录制',
  'recording-watched': '观看了录制',
  'file-downloaded': '下载了一个文件',
  'zip-downloaded': '以 ZIP 下载了一个录制',
  'export-started': '开始了一个导出',
  'export-downloaded': '下载了一个导出',
  'export-deleted': '删除了一个导出',
  'share-created': '创建了一个链接',
  'share-revoked': '撤销了一个链接',
  'share-opened': '打开了一个链接',
  'share-refused': '对链接输入了错误的密码',
  'retention-changed': '修改了删除规则',
};

export const audit: Text['audit'] = {
  title: '审计日志',
  lead: '谁做了什么，最新的在前。',
  action: '事件',
  anyAction: '全部',
  actor: {
    admin: '管理员',
    host: '一位主持人',
    share: '一位持有链接的人',
    anonymous: '某人',
    retention: '删除规则',
  },
  did: (action) => deeds[action],
  sentence: (actor, deed) => `${actor}${deed}`,
  from: (address) => `来自 ${address}`,
  ofRecording: '仅看这个录制',
  ofAll: '显示所有录制',
  more: '显示更早的',
  empty: '还没有任何记录。',
  noMatch: '没有这类记录。',
};
