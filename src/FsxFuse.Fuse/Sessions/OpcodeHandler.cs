namespace FsxFuse.Fuse;

/// <summary>One row of the opcode table.</summary>
/// <param name="Minimum">Bytes of arguments the request must at least have.</param>
/// <param name="Invoke">Hands the request to the file system.</param>
internal readonly record struct OpcodeHandler(int Minimum, Action<FuseFileSystem, PendingRequest>? Invoke);
