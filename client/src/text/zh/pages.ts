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

export const keys: Text['keys'] = {
  title: '此服务器需要密钥',
  create: '新建会议需要密钥，请向服务器管理员索取。',
  record: '录制需要密钥，请向服务器管理员索取。',
  label: '密钥',
  wrong: '密钥不正确。',
  goOn: '继续',
  cancel: '取消',
};

export const solo: Text['solo'] = {
  title: '录制自己',
  lead: '按一下即可打开摄像头和麦克风并开始录制。停止后设备随即关闭，录制立即可用。',
  name: '录制中显示的姓名',
  nameHint: '可选',
  me: '我',
  record: '录制',
  stop: '停止',
  picture: '您的画面',
  closed: '在您按下“录制”之前，摄像头和麦克风保持关闭。',
  time: '已录制',
  size: '已写入磁盘',
  noDevice: '没有录制任何内容：摄像头和麦克风都无法打开。',
  elsewhere: '您已在另一个窗口（或刚刚关闭的窗口）中录制。请在那里停止，或等待一分钟。',
  recordings: '您的录制',
  none: '您录制的内容会显示在这里，仅您本人可在此浏览器中看到。',
};
