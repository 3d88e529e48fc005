import type { Source } from '#protocol/people.ts';
import type { Text } from '../en/en.ts';

const sourceNames: Record<Source, string> = {
  microphone: '麦克风',
  camera: '摄像头',
  screen: '屏幕共享',
  'screen-audio': '屏幕声音',
};

export const meeting: Text['meeting'] = {
  people: (count) => (count === 1 ? '目前只有您一人' : `${count} 人`),
  you: (name) => `${name}（您）`,
  screenOf: (name) => `${name}的屏幕`,
  ownScreen: '您的屏幕',
  muted: '麦克风已关闭',
  cameraOff: '摄像头已关闭',
  away: '正在重新连接…',
  cannotShow: '此浏览器无法显示这个画面。',
  toolbar: '控制栏',
  leave: '离开',
  invite: '复制邀请链接',
  invited: '邀请链接已复制',
  inviteFailed: '无法复制链接。请从地址栏复制。',
  alone: '还没有其他人。把邀请链接发给他们吧。',
  startRecording: '开始录制',
  stopRecording: '停止录制',
  clickToHear: '点击以听到声音',
  soundBlocked: '浏览器会先静音，直到您点击任意位置。',
  noH264: '此浏览器无法显示其他人使用的 H.264 画面：您能听到他们，但看不到画面。请换用其他浏览器。',
  mediaBlocked: '音视频无法传到服务器：可能被防火墙或网络拦截。正在重试。',
  noCallsHere:
    'Firefox 无法与本机上的服务器通话。请用其他浏览器打开此页面，或以 --https 启动 Verbatim 并打开本机的网络地址。',
  dismiss: '知道了',
  speaking: '正在发言',
  handUp: '已举手',
  poorConnection: '网络不佳',
  raiseHand: '举手',
  pausedByHost: (source) => `主持人关闭了您的${sourceNames[source]}。`,
  said: (name, text) => `${name}：${text}`,
};

export const chat: Text['chat'] = {
  open: '聊天',
  title: '聊天',
  close: '关闭聊天',
  empty: '还没有消息。会议录制期间，聊天内容会一并保存。',
  message: '消息',
  send: '发送',
  unread: (count) => `${count} 条未读`,
};

export const people: Text['people'] = {
  open: '参会者',
  title: '参会者',
  close: '关闭参会者列表',
  host: '主持人',
  waitingTitle: '等待进入',
  admit: (name) => `允许${name}进入`,
  admitShort: '允许',
  refuse: (name) => `拒绝${name}进入`,
  admitAll: '允许所有人进入',
  waitingCount: (count) => `${count} 人等待中`,
  admission: '谁可以进入',
  admissions: {
    open: '所有拥有链接的人',
    'waiting-room': '经我允许的人',
    locked: '不再允许任何人',
  },
  actions: (name) => `对${name}的操作`,
  pin: '固定画面',
  unpin: '取消固定',
  mute: '关闭麦克风',
  stopCamera: '关闭摄像头',
  stopScreen: '停止共享',
  lowerHand: '放下手',
  handOver: '设为主持人',
  remove: '移出会议',
  endMeeting: '结束所有人的会议',
  endTitle: '要结束所有人的会议吗？',
  endBody: '所有人都将离开会议。正在进行的录制会先保存完整。',
  end: '结束会议',
  cancel: '取消',
  offerTitle: '您愿意担任主持人吗？',
  offerBody: '主持人已离开，您在会议中的时间最长。主持人可以开始和停止录制，也可以允许他人进入或将人移出。',
  offerAccept: '愿意',
  offerDecline: '不了',
};

export const ended: Text['ended'] = {
  left: { title: '您已离开会议', body: '摄像头和麦克风已释放。' },
  replaced: {
    title: '此会议已在另一个窗口中打开',
    body: '您正在那个窗口中参会，本窗口已退出会议。',
  },
  removed: { title: '您已被移出会议', body: '主持人结束了您的参会。' },
  'meeting-ended': { title: '会议已结束', body: '主持人已为所有人结束会议。' },
  idle: { title: '您等待了很久', body: '为给他人腾出位置，此页面已断开连接。请重新打开会议。' },
  'media-failed': {
    title: '音视频连接失败',
    body: '已尝试多次。可能被防火墙阻止：请换一个网络，或联系管理员。',
  },
  refused: { title: '您未获准进入', body: '主持人拒绝了您的加入请求。' },
  failed: '无法重新进入会议',
  rejoin: '重新加入',
  home: '前往首页',
};
