using System.Text;

namespace FsxFuse.Fuse.Tests.Dispatching;

/// <summary>Says what it was asked.</summary>
internal sealed class EchoFileSystem : FuseFileSystem
{
    private readonly byte[] _name = [.. "entry"u8];

    public List<string> Seen { get; } = [];

    public OpenRequest? Held { get; private set; }

    public bool Destroyed { get; private set; }

    public override void Destroy() => Destroyed = true;

    public override void GetAttr(GetAttrRequest request) =>
        request.Reply(new AttrReply { Attr = new FuseAttributes { Ino = request.NodeId, Mode = 0x81a4, Nlink = request.HasHandle ? 2u : 1u } });

    public override void Lookup(LookupRequest request)
    {
        EntryReply entry = new() { NodeId = (ulong)request.Name.Length, EntryTimeout = TimeSpan.FromSeconds(1) };
        request.Reply(in entry);
    }

    public override void Read(ReadRequest request)
    {
        request.ReplyBuffer.Fill(1);
        request.Send(request.Size);
    }

    public override void ReadDir(ReadDirRequest request)
    {
        ulong cookie = request.Offset;
        while (request.TryAdd(9, ++cookie, DirentType.Regular, _name))
        {
        }

        request.Send();
    }

    public override void Write(WriteRequest request) => request.Reply((uint)request.Data.Length);

    public override void Open(OpenRequest request) => Held = request;

    public override void Forget(ulong nodeId, ulong count) => Seen.Add($"-{nodeId}x{count}");

    public override void Rename(RenameRequest request)
    {
        Seen.Add($"{Text(request.Name)}>{request.NewParent}/{Text(request.NewName)} {request.Flags}");
        request.Reply();
    }

    public override void SetXAttr(SetXAttrRequest request)
    {
        Seen.Add($"{Text(request.Name)}={Text(request.Value)} {request.Flags} {request.ClearSetGid}");
        request.Reply();
    }

    public override void MkDir(MkDirRequest request)
    {
        Seen.Add($"{Text(request.Name)} {request.SupplementaryGroup}");
        request.Fail(Errno.EPERM);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
