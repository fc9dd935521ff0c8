namespace FsxFuse.Fuse.Tests.Sample;

/// <summary>The example of the library's README: one file that says "world".</summary>
internal sealed class HelloFileSystem : FuseFileSystem
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    public override void Lookup(LookupRequest request)
    {
        if (request.NodeId == 1 && request.Name.SequenceEqual("hello"u8))
        {
            request.Reply(new EntryReply { NodeId = 2, Attr = Attributes(2), EntryTimeout = s_hour, AttrTimeout = s_hour });
        }
        else
        {
            request.Fail(Errno.ENOENT);
        }
    }

    public override void GetAttr(GetAttrRequest request) =>
        request.Reply(new AttrReply { Attr = Attributes(request.NodeId), AttrTimeout = s_hour });

    public override void ReadDir(ReadDirRequest request)
    {
        if (request.Offset == 0)
        {
            request.TryAdd(2, 1, DirentType.Regular, "hello"u8);
        }

        request.Send();
    }

    public override void Open(OpenRequest request) => request.Reply(handle: 0, OpenReplyFlags.KeepCache);

    public override void Read(ReadRequest request)
    {
        ReadOnlySpan<byte> rest = "world\n"u8[(int)Math.Min(request.Offset, 6)..];
        rest.CopyTo(request.ReplyBuffer);
        request.Send(rest.Length);
    }

    private static FuseAttributes Attributes(ulong node) => node == 1
        ? new() { Ino = 1, Mode = 0x41ed, Nlink = 1 }
        : new() { Ino = 2, Mode = 0x8124, Nlink = 1, Size = 6, Blocks = 1 };
}
