namespace FsxFuse.Model;

/// <summary>The tasks among the operations: they may change nothing that a program sees.</summary>
internal static class MountOperations
{
    /// <param name="directory">The directory of the lanes, from the root of the mount.</param>
    internal static void Execute(Operation operation, string socket, string directory) =>
        ControlSocket.Transfer(socket, Command(operation.Kind), $"/{directory}/lane{operation.Lane}/{operation.Path}".TrimEnd('/'), wait: operation.Flags == 0);

    internal static string Command(OperationKind kind) => kind switch
    {
        OperationKind.Release => "release",
        OperationKind.Preload => "preload",
        OperationKind.Export => "export",
        _ => "import",
    };
}
