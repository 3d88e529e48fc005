import type { Text } from '../en/en.ts';
import { formatMoment } from '../format.ts';

export const frame: Text['frame'] = {
  home: 'Verbatim 首页',
  toDark: '使用深色外观',
  toLight: '使用浅色外观',
  recordings: '录制列表',
  skip: '跳到正文',
  notFoundTitle: '这里什么也没有',
  notFound: '地址可能输错了，或者页面已不存在。',
  toHome: '前往首页',
  loadFailed: '无法加载此页面，服务器可能刚刚更新。',
  reload: '重新加载',
};

export const home: Text['home'] = {
  title: '会议内容，一字不差',
  lead: '创建会议，分享链接，在重要的时刻按下录制。每个人都会即时录成各自的文件，保存在您自己的服务器上。',
  meetingName: '会议名称',
  meetingNameHint: '每周例会',
  newMeeting: '新建会议',
  untitled: (atMs) => {
    const { day, time } = formatMoment(atMs, 'zh-CN');
    return `会议，${day} ${time}`;
  },
  joinTitle: '已有链接？',
  link: '会议链接或代码',
  join: '前往会议',
  linkWrong: '这不是会议链接。会议链接的格式为 https://…/m/…',
  aloneTitle: '只有您自己？',
  recent: '最近的会议',
  noRecent: '您在此浏览器中打开过的会议会显示在这里。',
  open: (name) => `打开“${name}”`,
  recordingsOf: (name) => `“${name}”的录制`,
  forget: (name) => `从列表中移除“${name}”`,
  host: '您是主持人',
};

export const unsupported: Text['unsupported'] = {
  title: '此浏览器无法参加会议',
  body: '它不支持传输音视频所需的 WebRTC。请使用最新版的 Chrome、Edge、Firefox 或 Safari。',
};

export const staying: Text['staying'] = {
  title: '正在录制您',
  body: '如果离开此页面，您的录制将在此结束。',
  leave: '离开',
  stay: '留下',
};
