using System.Globalization;

namespace FsxFuse.Model;

/// <summary>
/// The process of one lane: draws operations and does them when its parent says so on standard input. Answers one line for each command:
/// <c>done</c>, or <c>different</c> and what differs, escaped.
/// </summary>
internal static class WorkerCommand
{
    internal const string Argument = "--worker";

    /// <param name="arguments">Lane, seed, the lane's directory on the reference and on the mount, directory of the lanes on the mount, run directory's socket, log.</param>
    internal static int Serve(string[] arguments)
    {
        int number = int.Parse(arguments[0], CultureInfo.InvariantCulture), seed = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        Lane lane = new(new Side(arguments[2]), new Side(arguments[3]));
        OperationGenerator generator = new(number, seed, lane.Reference);
        using StreamWriter log = new(arguments[6]) { AutoFlush = true };
        Tree? before = null;
        PathCalls.Umask(22);
        while (Console.In.ReadLine() is { } line)
        {
            string? difference;
            try
            {
                difference = Command(line);
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                difference = $"{broken.GetType().Name}: {broken.Message}";
            }

            Console.Out.WriteLine(difference is null ? "done" : $"different {Uri.EscapeDataString(difference)}");
            Console.Out.Flush();
        }

        lane.CloseAll();
        return 0;

        string? Command(string line)
        {
            switch (line.Split(' '))
            {
                case ["run", var count]:
                    for (int i = int.Parse(count, CultureInfo.InvariantCulture); i > 0; i--)
                    {
                        if (Next() is { } difference)
                            return difference;
                    }

                    return null;
                case ["close"]:
                    lane.CloseAll();
                    return null;
                case ["compare"]:
                    return lane.CompareAll();
                case ["remember"]:
                    before = lane.ReadMounted();
                    return null;
                case ["same"]:
                    return before!.CompareIdentities(lane.ReadMounted());
                default:
                    throw new FormatException(line);
            }
        }

        string? Next()
        {
            Operation operation = generator.Next();
            log.WriteLine(operation);
            if (!operation.IsOfMount)
                return lane.Step(operation);
            MountOperations.Execute(operation, arguments[5], arguments[4]);
            return null;
        }
    }
}
