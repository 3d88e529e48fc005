import type { Text } from '../en/en.ts';

export const keys: Text['keys'] = {
  title: '此服务器需要密钥',
  create: '新建会议需要密钥，请向服务器管理员索取。',
  record: '录制需要密钥，请向服务器管理员索取。',
  label: '密钥',
  wrong: '密钥不正确。',
  goOn: '继续',
  cancel: '取消',
};
