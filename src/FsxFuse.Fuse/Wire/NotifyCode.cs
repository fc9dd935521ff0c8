namespace FsxFuse.Fuse.Wire;

/// <summary>enum fuse_notify_code.</summary>
internal enum NotifyCode
{
    Poll = 1,
    InvalidateInode = 2,
    InvalidateEntry = 3,
    Delete = 6,
    Resend = 7,
    IncrementEpoch = 8,
    Prune = 9,
}
