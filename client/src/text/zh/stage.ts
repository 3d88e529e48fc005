import type { Text } from '../en/en.ts';

export const stage: Text['stage'] = {
  label: '会议中的人',
  pages: '参会者分页',
  page: (page, pages) => `${page} / ${pages}`,
  previousPage: '上一页',
  nextPage: '下一页',
  heldBack: '画面已暂停：您的网络较慢，优先保证声音。',
  pin: (label) => `固定${label}`,
};
